"""The servers of Viber's REST Bot API, as far as a bank's bot uses them."""
