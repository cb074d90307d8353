"""The servers of WhatsApp's Cloud API, as far as a bank's bot uses them."""
