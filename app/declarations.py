"""The catalogue's declarations without a bank behind them: for checking and testing flows."""

from __future__ import annotations

from app.flow_library import signatures_of
from core.bank_api.catalogue.catalogue import DECLARATIONS as BANK_DECLARATIONS
from core.dialog.signatures import Signature
from identity.service import DECLARATIONS as IDENTITY_DECLARATIONS


def catalogue_signatures() -> tuple[Signature, ...]:
    """Every operation that a flow may call."""
    return signatures_of([*BANK_DECLARATIONS, *IDENTITY_DECLARATIONS])
