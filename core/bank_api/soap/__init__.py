"""SOAP 1.1, document/literal, with a login session."""
