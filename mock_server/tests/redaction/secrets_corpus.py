"""Secrets that nobody ever had, made from the vendors' formats, and texts that only look like some.

The secrets are made when the tests run, always the same: a scanner of this repository finds none.
"""

import base64
import json
import random
import re
import string

_LOWER, _UPPER = string.ascii_lowercase, string.ascii_uppercase
_ALPHABETS = {
    "A": _LOWER + _UPPER + string.digits,
    "w": _LOWER + _UPPER + string.digits + "_",
    "-": _LOWER + _UPPER + string.digits + "-_",
    "l": _LOWER + string.digits,
    "U": _UPPER + string.digits,
    "x": "0123456789abcdef",
    "d": string.digits,
    "b": _LOWER + _UPPER + string.digits + "+/",
}
_FIELD = re.compile(r"\{([Aw\-lUxdb])([0-9]+)\}|\{uuid\}")
_UUID = "{x8}-{x4}-{x4}-{x4}-{x12}"

_FORMATS = """
anthropic-key sk-ant-api03-{-93}AA
anthropic-key sk-ant-admin01-{-93}AA
openai-key sk-proj-{-74}T3{A2}kFJ{-74}
openai-key sk-svcacct-{-60}
openai-key sk-admin-{-60}
openrouter-key sk-or-v1-{x64}
langfuse-key sk-lf-{uuid}
sk-key sk-{A48}
sk-key sk-{x32}
groq-key gsk_{A52}
huggingface-token hf_{A34}
replicate-token r8_{A37}
perplexity-key pplx-{A48}
xai-key xai-{A80}
nvidia-key nvapi-{-64}
fireworks-key fw_{A24}
cerebras-key csk-{l48}
together-key tgp_v1_{-43}
llamacloud-key llx-{A48}
elevenlabs-key sk_{x48}
langsmith-key lsv2_pt_{x32}_{x10}
langsmith-key lsv2_sk_{x32}_{x10}
langsmith-key ls__{x32}
tavily-key tvly-{A32}
tavily-key tvly-dev-{A32}
pinecone-key pcsk_{A6}_{A63}
firecrawl-key fc-{x32}
jina-key jina_{A60}
e2b-key e2b_{x40}
apify-token apify_api_{A36}
browserbase-key bb_live_{A26}
aws-access-key-id AKIA{U16}
aws-access-key-id ASIA{U16}
aws-bedrock-key ABSK{b106}
aws-session-token IQoJb3JpZ2luX2{b200}
google-api-key AIza{-35}
google-oauth-secret GOCSPX-{-28}
google-oauth-token ya29.{-120}
google-refresh-token 1//0{-60}
alibaba-access-key LTAI{A20}
digitalocean-token dop_v1_{x64}
digitalocean-token doo_v1_{x64}
heroku-key HRKU-AA{-58}
fly-token fm2_{b120}
vercel-token vcp_{A40}
netlify-token nfp_{A36}
cloudflare-key v1.0-{x24}-{x146}
cloudflare-token cfut_{A40}
supabase-key sbp_{x40}
supabase-key sb_secret_{-31}
planetscale-token pscale_tkn_{-43}
neon-key napi_{l64}
render-key rnd_{A32}
aiven-password AVNS_{-19}
mongodb-atlas-secret mdb_sa_sk_{-40}
vault-token hvs.{-90}
vault-token hvb.{-138}
doppler-token dp.pt.{A43}
doppler-token dp.st.prd.{A43}
onepassword-token ops_eyJ{A250}
pulumi-token pul-{x40}
databricks-token dapi{x32}
dbt-token dbtc_{-35}
prefect-key pnu_{A36}
dynatrace-token dt0c01.{U24}.{U64}
tailscale-key tskey-auth-{A17}-{A32}
github-token ghp_{A36}
github-token gho_{A36}
github-token ghs_{A36}
github-token github_pat_{A22}_{A59}
gitlab-token glpat-{-20}
gitlab-token glrt-{-20}
gitlab-token glptt-{x40}
bitbucket-password ATBB{A28}{x8}
atlassian-token ATATT3xFfGF0{-170}={x8}
npm-token npm_{A36}
pypi-token pypi-AgEIcHlwaS5vcmc{-150}
docker-token dckr_pat_{-27}
rubygems-key rubygems_{x48}
nuget-key oy2{l43}
crates-token cio{A32}
artifactory-key AKCp{A69}
buildkite-token bkua_{x40}
circleci-token CCIPAT_{A22}_{x40}
sonar-token squ_{x40}
slack-token xoxb-{d12}-{d12}-{A24}
slack-token xoxp-{d12}-{d12}-{d12}-{x32}
slack-app-token xapp-1-A{U10}-{d13}-{x64}
slack-webhook https://hooks.slack.com/services/T{U8}/B{U8}/{A24}
discord-webhook https://discord.com/api/webhooks/{d18}/{-68}
discord-token M{A23}.{-6}.{-38}
telegram-token {d10}:AA{-33}
stripe-key sk_live_{A24}
stripe-key rk_live_{A24}
stripe-key sk_test_{A99}
webhook-secret whsec_{b32}
square-token EAAAl{-59}
square-secret sq0csp-{-43}
paypal-token access_token$production${l16}${x32}
razorpay-key rzp_live_{A14}
paddle-key pdl_live_apikey_{l26}_{A22}_{A3}
plaid-token access-production-{uuid}
flutterwave-key FLWSECK-{x32}-X
shopify-token shpat_{x32}
shopify-token shpss_{x32}
shippo-token shippo_live_{x40}
sendgrid-key SG.{-22}.{-43}
twilio-key SK{x32}
mailgun-key key-{x32}
brevo-key xkeysib-{x64}-{A16}
resend-key re_{A8}_{A24}
mailchimp-key {x32}-us12
linear-key lin_api_{A40}
notion-token ntn_{d11}{A35}
notion-token secret_{A43}
figma-token figd_{-40}
postman-key PMAK-{x24}-{x34}
sentry-token sntryu_{x64}
grafana-token glsa_{A32}_{x8}
newrelic-key NRAK-{U27}
airtable-token pat{A14}.{x64}
hubspot-token pat-na1-{uuid}
clickup-token pk_{d7}_{U32}
typeform-token tfp_{-44}_{A14}
contentful-token CFPAT-{-43}
launchdarkly-key sdk-{uuid}
posthog-key phx_{A43}
readme-key rdme_{l70}
duffel-token duffel_live_{-43}
easypost-key EZAK{A54}
composio-key ak_{A24}
mapbox-token sk.eyJ{A60}.{-22}
facebook-token EAAG{A160}
x-bearer-token AAAAAAAAAAAAAAAAAAAAA{A12}%2B{A60}%3D{A40}
paypal-token A21AA{-91}
azure-client-secret {A3}8Q~{-34}
azure-devops-token {A76}AZDO{A4}
terraform-token {A14}.atlasv1.{-67}
age-key AGE-SECRET-KEY-1{U58}
"""


def _fill(template: str, source: random.Random) -> str:
    def field(match: re.Match[str]) -> str:
        if match[0] == "{uuid}":
            return _fill(_UUID, source)
        text = "".join(source.choices(_ALPHABETS[match[1]], k=int(match[2])))
        # A digit and a letter: a run of letters alone could be a word.
        return text if len(text) < 3 else f"7{text[1:-1]}{_ALPHABETS[match[1]][0]}"

    return _FIELD.sub(field, template)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _jwt(source: random.Random) -> str:
    head = _base64(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    body = _base64(json.dumps({"sub": f"user-{source.randrange(10**6)}", "admin": True}).encode())
    return f"{head}.{body}.{_base64(source.randbytes(32))}"


def _jwe(source: random.Random) -> str:
    head = _base64(json.dumps({"alg": "dir", "enc": "A256GCM"}).encode())
    return ".".join((head, "", *(_base64(source.randbytes(size)) for size in (12, 60, 16))))


def _private_key(kind: str, source: random.Random) -> str:
    body = base64.b64encode(source.randbytes(300)).decode()
    lines = "\n".join(body[start : start + 64] for start in range(0, len(body), 64))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{lines}\n-----END {kind}PRIVATE KEY-----"


def _made() -> list[tuple[str, str]]:
    source = random.Random(10)
    made: list[tuple[str, str]] = []
    for line in _FORMATS.split("\n"):
        kind, _, template = line.partition(" ")
        if kind:
            made += ((kind, _fill(template, source)) for _ in range(2))
    made.append(("jwe", _jwe(source)))
    made += (("jwt", _jwt(source)) for _ in range(3))
    for kind in ("", "RSA ", "EC ", "OPENSSH ", "ENCRYPTED "):
        made.append(("private-key", _private_key(kind, source)))
    return made


SECRETS = _made()
"""Pairs of kind and value: each is found wherever it stands."""


def _contexts() -> list[tuple[str, str, str]]:
    source = random.Random(11)
    found: list[tuple[str, str, str]] = []
    for kind, template in (
        ("sentry-dsn", "https://HEX32@o4505.ingest.sentry.io/45051"),
        ("cloudinary-url", "CLOUDINARY_URL=cloudinary://123456789012345:§@demo"),
        ("aws-secret-key", "the AWS key pair is AKI, and its secret: BASE40."),
        (
            "teams-webhook",
            "https://x.webhook.office.com/webhookb2/§§@x/IncomingWebhook/y",
        ),
        ("url-credentials", "postgres://app:§@db.internal:5432/app"),
        ("url-credentials", "postgresql+asyncpg://app:§@db/app?sslmode=require"),
        ("url-credentials", "mongodb+srv://app:§@cluster0.example.net/test"),
        ("url-credentials", "redis://:§@cache:6379/0"),
        ("url-credentials", "amqp://guest:§@mq//"),
        ("url-credentials", "mysql://root:§@localhost/x"),
        ("url-credentials", "see https://bot:§@git.example.com/a.git"),
        ("named:password", "Driver={ODBC Driver 18};Server=db;UID=app;Password=§;Encrypt=yes"),
        ("named:pwd", "Server=db;Uid=app;Pwd=§;"),
        ("azure-storage-key", "AccountName=x;AccountKey=§§==;EndpointSuffix=core"),
        ("azure-storage-key", "Endpoint=sb://x;SharedAccessKey=§§="),
        ("azure-sas", "https://x.blob.core.windows.net/c?sv=2024&sig=§§%3D"),
        ("aws-signature", "https://b.s3.amazonaws.com/k?X-Amz-Signature=§§&x=1"),
        ("named:password", "username=app&password=§&grant_type=password"),
        ("named:client_secret", "client_id=x&client_secret=§"),
        ("named:api_key", "https://api.example.com/v1?api_key=§&q=x"),
        ("named:access_token", "https://api.example.com/v1?access_token=§"),
        ("named:token", "https://api.example.com/v1?token=§§"),
        ("named:key", "https://api.example.com/v1?key=§§&cx=1"),
        ("named:openai_api_key", "OPENAI_API_KEY=§"),
        ("aws-secret-key", "export AWS_SECRET_ACCESS_KEY='§§'"),
        ("named:dd_api_key", "DD_API_KEY: §§"),
        ("bearer-token", "Authorization: Bearer §"),
        ("named:authorization", "curl -H 'Authorization: Token §' https://x"),
        ("named:authorization", 'sent {"x": 1} with authorization: ApiKey §.'),
        ("bearer-token", "the header was Bearer §, it said"),
        ("named:x-api-key", "curl -H 'x-api-key: §' https://x"),
        ("named:cookie", "GET / HTTP/1.1\r\nCookie: session=§; a=b\r\n\r\n"),
        ("named:set-cookie", "Set-Cookie: sid=§; HttpOnly"),
        ("named:password", "the login failed: password: §"),
        ("named:password", "{'user': 'app', 'password': '§'}"),
        ("named:password", 'Invalid input: {"password": "§"} was given'),
        ("named:secrets", "{'secrets': {'deep': ['§']}}"),
        ("named:private_key", '{"type": "service_account", "private_key": "§"}'),
    ):
        secret = _fill("{A20}", source)
        for name, field in (("HEX32", "{x32}"), ("BASE40", "{A40}")):
            if name in template:
                secret = _fill(field, source)
                template = template.replace(name, secret)
        text = template.replace("§", secret)
        found.append((kind, text, secret))
    secret = base64.b64encode(f"app:{_fill('{A12}', source)}".encode()).decode()
    found.append(("basic-credentials", f"it sent Basic {secret} there", secret))
    return found


IN_CONTEXT = _contexts()
"""Triples of kind, text and secret: a secret that is known by what stands before it."""

_source = random.Random(12)
LOOKALIKES = [
    *(
        line
        for line in """
The password must have eight characters, and the secret of a good stew is time.
Enter your password: it is case sensitive.
She kept it a secret: nobody knew.
a bearer of good news, the secret: love, password: none
Bearer authentication-is-used
Use Bearer tokens for authentication, or Basic auth if you must.
Authorization: required
Authorization is checked before the cookie: chocolate chip.
Cookie: oatmeal and raisin
The key: patience. The token: a coin of the subway.
sk-learn is not scikit-learn
pip install sk-learn-contrib==1.5.0
task-runner-12345678901234567890 sk-fading-circle-container-wide
sk-estimator-checks-2024-report
the class is sk-circle-fade-dot-12
ask-me-anything-20240101-session-transcript
risk-assessment-2024-final-version-02
npm_config_registry and npm_lifecycle_event
pypi-publish-action-v1
gh_actions_run and ghp_ is the prefix of a token
hf_hub_download(repo_id='x')
xoxo, Gossip Girl
SG. is short for Singapore
hvs. and hvb. are prefixes
AKIA is the beginning of a key
AIza is another
eyJ is how a token begins
secret_santa_list_of_2024
re_match_object_of_the_standard_library
fc-barcelona-2024
key-value-store-of-the-year-2024
pk_column_of_the_table
price: 1299.00 EUR, order no. 4500123456, invoice INV-2024-000123
ISBN 978-3-16-148410-0, EAN 4006381333931
IBAN DE89 3704 0044 0532 0130 00
tracking number 1Z999AA10123456784
flight LH400 seat 23A booking X7K2PQ
+49 30 901820, call after 9:30
2024-05-01T12:30:00.123456+00:00
https://example.com/a?page=2&key=title&sort=asc
https://user@example.com/path
http://localhost:8080/a:b@c
mailto:someone@example.com
https://github.com/owner/repo/commit/0123456789abcdef0123456789abcdef01234567
git@github.com:owner/repo.git
s3://bucket/key/with/slashes/and-dashes
data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk
connect(password=password, api_key=api_key)
client = Client(api_key=os.environ["API_KEY"])
api_key = settings.API_KEY
export API_KEY=$OTHER_KEY
password=${DB_PASSWORD}
postgres://user:${PASSWORD}@host/db
postgres://user:<password>@host/db
Authorization: Bearer $TOKEN
Authorization: Bearer <token>
Authorization: Bearer {token}
x-api-key: YOUR_API_KEY
def login(user: str, password: str) -> None: ...
interface Login { user: string; password: string }
password: Optional[str] = None
max_tokens=4096 total_tokens: 25
{"max_tokens": 4096, "usage": {"input_tokens": 3, "output_tokens": 25}}
{"token": "hello", "tokens": ["a", "b"], "next_token": "abc", "token_count": 12345678901234567890}
{"password": null, "secret": false, "api_key": true, "access_token": ""}
{"properties": {"password": {"type": "string", "title": "Password", "description": "Of the user"}}}
{"properties": {"api_key": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null}}}
{"properties": {"secret": {"$ref": "#/$defs/Secret"}}, "required": ["secret", "api_key"]}
{"openai_api_key": {"lc": 1, "type": "secret", "id": ["OPENAI_API_KEY"]}}
{"required": ["api_key", "model"]}
{"has_password": true, "password_length": 12, "secretary": "Jo", "keyboard": "qwerty"}
{"model": "gpt-4o-2024-08-06", "system_fingerprint": "fp_44709d6fcb"}
{"model": "claude-3-5-sonnet-20241022", "id": "msg_01XFDUDYJgAACzvnptvVoYEL"}
{"id": "chatcmpl-9zjVQXQ3k7N2Yw8rS5tUvWxYz0123", "object": "chat.completion"}
{"tool_call_id": "call_abc123DEF456ghi789JKL012", "type": "tool_call"}
{"tool_call_id": "toolu_01A09q90qw90lq917835lq9", "name": "search"}
{"checkpoint_ns": "agent:1ef4f797-8335-6428-8001-8a1503f9b875|tools:0a1b"}
{"type": "thinking", "thinking": "hm", "signature": "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdj"}
{"etag": "W/\\"0815-abcdef0123456789\\"", "sha": "0123456789abcdef0123456789abcdef01234567"}
{"encrypted_content": "gAAAAABmVfY0Zm9vYmFyYmF6cXV4", "kind": "reasoning"}
{"key": "reports/2024/q3-summary-v2.pdf", "bucket": "reports"}
{"cache_key": "user:42:profile", "primary_key": "id", "foreign_key": "order_id"}
{"sort_key": "created_at", "keys": ["a", "b"], "keyword": "hotel"}
{"cookie_policy": "strict", "author": "Jo", "authored": true}
{"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", "AIMessageChunk"]}
def f(key: str = 'x'): return tokens[key]
SKU AC-12345-XL, part SK12345678
AC/DC played 0123456789 shows
the hash is md5:d41d8cd98f00b204e9800998ecf8427e
ssh-ed25519 is a kind of key; ssh-rsa, too
-----BEGIN CERTIFICATE-----
-----BEGIN PUBLIC KEY-----
Basic usage: see the manual
Basic principles 0123456789abcdef
version v1.0-rc1 and v1.0-0123456789
pat-a-cake, pat-a-cake, baker's man
api-gateway-2024-release-notes-draft
secret ingredient=love? no, butter
100% of 50%20 and &amp; &lt;b&gt;
C:\\\\new\\\\table\\\\sk-folder
""".split("\n")
        if line
    ),
    *(_fill("{uuid}", _source) for _ in range(4)),
    *(_fill(f"run-{_UUID}", _source) for _ in range(2)),
    *(_fill(f"lc_run--{_UUID}", _source) for _ in range(2)),
    *(_fill(f"{{x{length}}}", _source) for length in (32, 40, 64, 96, 128)),
    *(f"sha256:{_fill('{x64}', _source)}" for _ in range(2)),
    *(base64.b64encode(_source.randbytes(size)).decode() for size in (60, 300, 3000, 20000)),
    *(
        f"order {_source.randrange(10**9, 10**10)}: {_source.randrange(10**5) / 100} EUR"
        for _ in range(4)
    ),
]
"""Texts that only look as if they held a secret: nothing in them changes."""
