"""A statement of CORE as the simulated bank writes it (simulators/bank/WIRE.md), with ten entries."""

from __future__ import annotations

from typing import Final

ACTION: Final = "GetStatement"
CORRELATION: Final = "5d1b6f2e-7a44-4c1d-9b1e-2f60c5a8d913"

_ENTRY: Final = """
      <c:Entry id="{id}" dc="{dc}">
        <c:Sum ccy="UAH">{sum}</c:Sum>
        <c:Booked>{day:02d}.11.2026 18:04:0{digit}</c:Booked>
        <c:Details>Оплата послуг № {id} &amp; комісія</c:Details>
        <c:Ext><c:K n="mcc">5411</c:K><c:K n="rrn">73251900{id}</c:K></c:Ext>
      </c:Entry>"""
_ENTRIES: Final = "".join(
    _ENTRY.format(id=400_100 + digit, dc="CD"[digit % 2], sum=f"{digit + 1}5.{digit}0", day=digit + 8, digit=digit)
    for digit in range(10)
)
REPLY: Final = f"""<soapenv:Envelope
    xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:demo-bank:core:v2">
  <soapenv:Header><c:Reply code="0" corr="{CORRELATION}"/></soapenv:Header>
  <soapenv:Body>
    <c:GetStatementResponse>
      <c:Account ccy="UAH" type="CARD">
        <c:IBAN>UA923999990000026201234567890</c:IBAN>
        <c:Bal kind="BOOKED">4210.75</c:Bal>
        <c:Bal kind="AVAILABLE">4010.75</c:Bal>
      </c:Account>{_ENTRIES}
      <c:More>N</c:More>
    </c:GetStatementResponse>
  </soapenv:Body>
</soapenv:Envelope>""".encode()
