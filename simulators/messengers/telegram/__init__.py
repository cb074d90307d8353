"""The servers of Telegram's Bot API, as far as a bank's bot uses them."""
