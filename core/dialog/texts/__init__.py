"""The texts of flows: `Sent {amount|money} to {payee}`, in four languages, with a fixed list of filters."""

from core.dialog.texts.errors import TextError
from core.dialog.texts.text import Known, Text, compile_text, digest

__all__ = ["Known", "Text", "TextError", "compile_text", "digest"]
