-- The simulated bank's own tables. Every statement may run again on a database of an earlier start.
CREATE SCHEMA IF NOT EXISTS bank;

CREATE TABLE IF NOT EXISTS customer (
    customer_id text PRIMARY KEY,
    phone text NOT NULL UNIQUE,
    name text NOT NULL,
    status text NOT NULL CHECK (status IN ('ACTIVE', 'BLOCKED')),
    since date NOT NULL
);

-- balance is the sum of the account's entries (kept by a trigger below); held is promised to transfers in processing.
CREATE TABLE IF NOT EXISTS account (
    account_id text PRIMARY KEY,
    customer_id text REFERENCES customer,
    kind text NOT NULL CHECK (kind IN ('card', 'fees', 'clearing', 'treasury')),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    number text NOT NULL UNIQUE,
    iban text NOT NULL UNIQUE,
    balance bigint NOT NULL DEFAULT 0,
    held bigint NOT NULL DEFAULT 0 CHECK (held >= 0),
    UNIQUE (account_id, currency),
    CONSTRAINT account_never_overdrawn CHECK (kind <> 'card' OR balance >= held),
    CHECK ((kind = 'card') = (customer_id IS NOT NULL))
);

CREATE TABLE IF NOT EXISTS card (
    card_id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customer,
    account_id text NOT NULL REFERENCES account,
    product_code text NOT NULL,
    title text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('virtual', 'physical')),
    status text NOT NULL CHECK (status IN ('active', 'blocked', 'expired', 'closed')),
    masked text NOT NULL CHECK (masked ~ '^[0-9]{6}[*]{6}[0-9]{4}$'),
    exp_month integer NOT NULL CHECK (exp_month BETWEEN 1 AND 12),
    exp_year integer NOT NULL CHECK (exp_year BETWEEN 2000 AND 2099),
    created_at timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS card_token (
    card_token text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customer,
    masked text NOT NULL CHECK (masked ~ '^[0-9]{6}[*]{6}[0-9]{4}$'),
    brand text NOT NULL,
    holder text NOT NULL,
    issuer_country text NOT NULL
);

-- payee is the request's "to" with shown_name added; payee_account is where the money goes inside the bank.
CREATE TABLE IF NOT EXISTS quote (
    quote_id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customer,
    card_id text NOT NULL REFERENCES card,
    payee jsonb NOT NULL,
    payee_key text NOT NULL,
    payee_account text NOT NULL REFERENCES account,
    amount bigint NOT NULL CHECK (amount > 0),
    fee bigint NOT NULL CHECK (fee >= 0),
    currency text NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE SEQUENCE IF NOT EXISTS retrieval_number;

CREATE TABLE IF NOT EXISTS transfer (
    transfer_id text PRIMARY KEY,
    reference text NOT NULL UNIQUE,
    fingerprint text NOT NULL,
    customer_id text NOT NULL REFERENCES customer,
    quote_id text NOT NULL REFERENCES quote,
    state text NOT NULL CHECK (state IN ('settled', 'processing', 'rejected')),
    failure_code text,
    rrn text UNIQUE,
    auth_code text,
    settles_at timestamptz,
    settles_with text,
    first_status integer,
    first_answer json,
    created_at timestamptz NOT NULL,
    CHECK ((state = 'settled') = (rrn IS NOT NULL)),
    CHECK ((state = 'rejected') = (failure_code IS NOT NULL)),
    CHECK ((state = 'processing') = (settles_at IS NOT NULL))
);
CREATE INDEX IF NOT EXISTS transfer_in_processing ON transfer (settles_at) WHERE state = 'processing';

-- One posting a reference, for ever: the bank's whole promise.
CREATE TABLE IF NOT EXISTS posting (
    posting_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    reference text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('opening', 'transfer')),
    payer text NOT NULL REFERENCES account,
    payee text NOT NULL REFERENCES account,
    amount bigint NOT NULL CHECK (amount > 0),
    fee bigint NOT NULL CHECK (fee >= 0),
    currency text NOT NULL,
    payer_details text NOT NULL,
    payee_details text NOT NULL,
    rrn text,
    created_at timestamptz NOT NULL,
    CHECK (payer <> payee)
);

CREATE TABLE IF NOT EXISTS entry (
    entry_id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    posting_id bigint NOT NULL REFERENCES posting,
    account_id text NOT NULL,
    currency text NOT NULL,
    amount bigint NOT NULL CHECK (amount <> 0),
    FOREIGN KEY (account_id, currency) REFERENCES account (account_id, currency)
);
CREATE INDEX IF NOT EXISTS entry_of_account ON entry (account_id, entry_id);
CREATE INDEX IF NOT EXISTS entry_of_posting ON entry (posting_id);

CREATE OR REPLACE FUNCTION posting_must_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM bank.entry WHERE posting_id = NEW.posting_id) < 2 THEN
        RAISE EXCEPTION 'posting % has fewer than two entries', NEW.posting_id USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM bank.entry WHERE posting_id = NEW.posting_id GROUP BY currency HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'posting % does not sum to zero', NEW.posting_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS posting_balances ON posting;
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_must_balance();
DROP TRIGGER IF EXISTS entry_balances ON entry;
CREATE CONSTRAINT TRIGGER entry_balances AFTER INSERT ON entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION posting_must_balance();

CREATE OR REPLACE FUNCTION entry_moves_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE bank.account SET balance = balance + NEW.amount WHERE account_id = NEW.account_id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER entry_moves_balance AFTER INSERT ON entry
    FOR EACH ROW EXECUTE FUNCTION entry_moves_balance();

CREATE OR REPLACE FUNCTION ledger_is_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER posting_is_written_once BEFORE UPDATE OR DELETE ON posting
    FOR EACH ROW EXECUTE FUNCTION ledger_is_written_once();
CREATE OR REPLACE TRIGGER entry_is_written_once BEFORE UPDATE OR DELETE ON entry
    FOR EACH ROW EXECUTE FUNCTION ledger_is_written_once();
