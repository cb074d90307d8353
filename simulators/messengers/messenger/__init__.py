"""The servers of the Messenger Platform, as far as a bank's bot uses them."""
