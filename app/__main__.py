"""`python -m app` is `teller`."""

from app.cli import main

main()
