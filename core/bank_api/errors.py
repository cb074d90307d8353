"""What can go wrong between a handler of the catalogue and a bank system. No text here holds a value of a reply."""

from __future__ import annotations

from core.kernel.errors import ConfigurationError, TellerError, ValidationFailed


class SystemFileError(ConfigurationError):
    """A bank system's YAML is wrong; the text begins with `file:line:`."""

    code = "bank_system_file"


class BankApiError(TellerError):
    """The root of what one call to a bank system may raise inside the wrapper."""

    code = "bank_unavailable"
    http_status = 503
    retryable = True


class NotSent(BankApiError):
    """The request never left: no connection, no session or no token. The bank cannot have acted on it."""


class OutcomeUnknown(BankApiError):
    """The request may have reached the bank, and there is no trustworthy answer."""

    code = "outcome_unknown"
    http_status = 202
    retryable = False


class XmlRefused(OutcomeUnknown):
    """The document is not well-formed, or is built to harm: DOCTYPE, size, depth, count, encoding."""


class ConversionError(OutcomeUnknown):
    """A reply does not have the form that its system's YAML describes; the text says at which path."""


class UnwritableValue(ValidationFailed):
    """An argument cannot be put into the request: it is missing, of another kind, or XML has no way to write it."""
