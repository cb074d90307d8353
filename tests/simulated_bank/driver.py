"""A raw client of the simulated bank: it writes envelopes by hand, so that tests can also write wrong ones."""

from __future__ import annotations

from typing import Any

import httpx
from lxml import etree

SOAPENV = "http://schemas.xmlsoap.org/soap/envelope/"
NAMESPACES = {"passport": "urn:demo-bank:passport:v1", "core": "urn:demo-bank:core:v2"}
LOGINS = {
    "passport": ("teller-passport", "passport-demo-word"),
    "core": ("teller-core", "core-demo-word"),
}
CLIENT = ("teller-bank-api", "bank-api-demo-word")
TOKEN_PATH = "/realms/teller/protocol/openid-connect/token"
CORRELATION = "7f3c1e52-0b1d-4f0e-9a86-1f5f4f6f2a11"

OLENA, DMITRY, ALESYA, HENRY, BLOCKED = "cust_1001", "cust_1002", "cust_1003", "cust_1004", "cust_1005"
PHONES = {customer: f"+38067111000{customer[-1]}" for customer in (OLENA, DMITRY, ALESYA, HENRY, BLOCKED)}


def uah(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "UAH"}


def reference(number: int) -> str:
    return f"REF{number:017d}"


def refusal(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a REST refusal."""
    return response.status_code, str(response.json()["error"]["code"])


class SoapAnswer:
    def __init__(self, response: httpx.Response, namespace: str) -> None:
        self.http = response
        self.root = etree.fromstring(response.content)
        self._names = {"e": SOAPENV, "n": namespace}

    def all(self, path: str) -> list[Any]:
        found = self.root.xpath(path, namespaces=self._names)
        assert isinstance(found, list)
        return found

    def text(self, path: str) -> str:
        return str(self.all(f"{path}/text()")[0])

    @property
    def code(self) -> str:
        """The fault's code, "" for a reply."""
        codes = self.all("/e:Envelope/e:Body/e:Fault/detail/n:Error/@code")
        assert bool(codes) == (self.http.status_code == 500)
        return str(codes[0]) if codes else ""

    @property
    def correlation(self) -> str:
        return str(self.all("/e:Envelope/e:Header/n:Reply/@corr")[0])


class BankDriver:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self._tokens: dict[str, str] = {}

    async def soap_raw(self, system: str, action: str, body: str | bytes, **headers: str) -> httpx.Response:
        sent = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACES[system]}/{action}"'}
        content = body.encode() if isinstance(body, str) else body
        return await self.http.post(
            f"/soap/{system}", content=content, headers=sent | {k.replace("_", "-"): v for k, v in headers.items()}
        )

    async def soap(self, system: str, action: str, session: str | None, **fields: str) -> SoapAnswer:
        body = envelope(system, action, session, "".join(f"<n:{k}>{v}</n:{k}>" for k, v in fields.items()))
        return SoapAnswer(await self.soap_raw(system, action, body), NAMESPACES[system])

    async def login(self, system: str) -> str:
        name, password = LOGINS[system]
        answer = await self.soap(system, "Login", None, Login=name, Password=password)
        assert answer.code == ""
        return answer.text("//n:SessionId")

    async def token(self, audience: str) -> str:
        form = {"grant_type": "client_credentials", "scope": audience}
        response = await self.http.post(TOKEN_PATH, data=form, auth=CLIENT)
        assert response.status_code == 200, response.text
        return str(response.json()["access_token"])

    def forget_tokens(self) -> None:
        self._tokens.clear()

    async def rest(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """A call with a right token of the system that the path belongs to."""
        audience = f"bank-{path.split('/')[2]}"
        if audience not in self._tokens:
            self._tokens[audience] = await self.token(audience)
        headers = {"Authorization": f"Bearer {self._tokens[audience]}"} | kwargs.pop("headers", {})
        return await self.http.request(method, path, headers=headers, **kwargs)

    async def quote(self, payer: str, card: str, to: dict[str, Any], amount: int) -> httpx.Response:
        form = {"customer_id": payer, "from": {"card_id": card}, "to": to, "money": uah(amount), "side": "send"}
        return await self.rest("POST", "/rest/transfers/quotes", json=form)

    async def transfer_form(self, number: int, amount: int = 10_000, **changes: Any) -> dict[str, Any]:
        """A right request from Olena's card to Dmitry's phone, on a quote of its own."""
        response = await self.quote(OLENA, "card_1001", {"phone": PHONES[DMITRY]}, amount)
        assert response.status_code == 201, response.text
        quote = response.json()
        form = {"reference": reference(number), "customer_id": OLENA, "quote_id": quote["quote_id"]}
        return form | {"money": quote["money"], "fee": quote["fee"]} | changes

    async def transfer(self, form: dict[str, Any], **kwargs: Any) -> httpx.Response:
        return await self.rest("POST", "/rest/transfers/transfers", json=form, **kwargs)

    async def find(self, number: int) -> list[dict[str, Any]]:
        response = await self.rest("GET", "/rest/transfers/transfers", params={"reference": reference(number)})
        assert response.status_code == 200, response.text
        items: list[dict[str, Any]] = response.json()["items"]
        return items

    async def postings(self, number: int) -> list[dict[str, Any]]:
        response = await self.http.get("/control/ledger", params={"reference": reference(number)})
        found: list[dict[str, Any]] = response.json()["postings"]
        return found

    async def balance(self, card: str) -> int:
        customers = (await self.http.get("/control/customers")).json()["items"]
        cards = {item["card_id"]: item for customer in customers for item in customer["cards"]}
        return int(cards[card]["balance"]["amount"])

    async def ledger_check(self) -> dict[str, Any]:
        result: dict[str, Any] = (await self.http.get("/control/ledger/check")).json()
        return result

    async def fault(self, system: str, operation: str, fault: str, **more: Any) -> str:
        order = {"system": system, "operation": operation, "fault": fault, **more}
        response = await self.http.post("/control/faults", json=order)
        assert response.status_code == 201, response.text
        return str(response.json()["id"])


def envelope(system: str, action: str, session: str | None, inner: str, *, auth: str | None = None) -> str:
    session_id = "" if session is None else f"<n:SessionId>{session}</n:SessionId>"
    auth = auth or f"<n:Auth>{session_id}<n:Corr>{CORRELATION}</n:Corr></n:Auth>"
    return (
        f'<soapenv:Envelope xmlns:soapenv="{SOAPENV}" xmlns:n="{NAMESPACES[system]}">'
        f"<soapenv:Header>{auth}</soapenv:Header>"
        f"<soapenv:Body><n:{action}>{inner}</n:{action}></soapenv:Body></soapenv:Envelope>"
    )
