"""Meta's Graph API as far as WhatsApp and Messenger have it in common: calls, errors, webhooks of one app."""
