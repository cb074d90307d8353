"""How the simulated bank says no. The simulator imports nothing of Teller's, so it has its own root of errors."""

from __future__ import annotations


class BankError(Exception):
    """A refusal with the bank's code; `text` is for engineers who read the wire."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


class SoapRefusal(BankError):
    """Leaves as HTTP 500 with a SOAP fault that carries the code."""


class RestRefusal(BankError):
    """Leaves as `{"error": {"code", "message"}}`. `retry_after_s` becomes the header `Retry-After`."""

    def __init__(self, status: int, code: str, text: str, retry_after_s: int | None = None) -> None:
        super().__init__(code, text)
        self.status = status
        self.retry_after_s = retry_after_s


def refused_by_dial(code: str) -> RestRefusal:
    """The refusal that the fault dial asks for, with the status that the code has everywhere."""
    status = {"token_rejected": 401, "3106": 409}.get(code, 422)
    return RestRefusal(status, code, "refused by the bank")


class TokenRefusal(BankError):
    """Leaves as `{"error", "error_description"}`, the form of Keycloak's token endpoint (RFC 6749 section 5.2)."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code, text)
        self.status = status


class BodyRefused(BankError):
    """The body was not even read to its end or not in the right form: too large (413) or the wrong type (415)."""

    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(code, text)
        self.status = status


class BankStartError(BankError):
    """The simulated bank could not start; the text names what it could not reach."""

    def __init__(self, text: str) -> None:
        super().__init__("not_started", text)
