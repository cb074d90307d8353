"""The servers of four messengers, simulated on the real wire: strict, signed, with a dial for faults.

Written from the platforms' documentation, never from the adapters that they test. `create_app` gives the ASGI
application, `serve` runs it on a port, `python -m simulators.messengers` is the program.
"""

from simulators.messengers.app import create_app, serve
from simulators.messengers.context import Options

__all__ = ["Options", "create_app", "serve"]
