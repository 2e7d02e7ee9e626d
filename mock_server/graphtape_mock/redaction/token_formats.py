"""The formats of well-known keys and tokens, each with the vendor's page that describes it.

Each pattern stops after a bounded number of bytes, or matches all bytes that it has read, so the
time is linear in the text.
"""

import re
from typing import NamedTuple


class TokenFormat(NamedTuple):
    """The format of one kind of key."""

    kind: str
    beginnings: tuple[bytes, ...]
    """Each key starts with one of these."""
    pattern: re.Pattern[bytes]
    """Matches a whole key. A group named `secret` is the part of it that is replaced."""
    source: str


def _format(kind: str, beginnings: str, rest: str, source: str) -> TokenFormat:
    each = beginnings.encode().split()
    pattern = re.compile(b"(?:" + b"|".join(map(re.escape, each)) + b")" + rest.encode(), re.S)
    return TokenFormat(kind, tuple(each), pattern, source)


_LONG = r"[A-Za-z0-9]{16,}"
_WORD = r"[A-Za-z0-9_-]{16,}"
_HEX = r"[0-9a-fA-F]{20,}"
_DIGIT_AHEAD = r"(?=[A-Za-z_-]{0,64}[0-9])"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# Stops where another key could begin, or many keys would be read repeatedly.
_HEAD = r"(?=[A-Za-z0-9_-]{8})[A-Za-z0-9_]++(?:-(?!eyJ)[A-Za-z0-9_]*+)*+"
_SLASH = r"\\{0,8}/"

TOKEN_FORMATS = (
    # General
    _format(
        "jwt",
        "eyJ",
        _HEAD + r"\.eyJ[A-Za-z0-9_-]{5,}\.?[A-Za-z0-9_-]*",
        "RFC 7519, section 3",
    ),
    _format("jwe", "eyJ", _HEAD + r"(?:\.[A-Za-z0-9_-]*){4}", "RFC 7516, section 3"),
    _format(
        "private-key",
        "-----BEGIN",
        r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[^-\"']|-(?!----)){0,20000}+"
        r"(?:-----END[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?",
        "RFC 7468, sections 2 and 10",
    ),
    _format("age-key", "AGE-SECRET-KEY-1", r"[A-Z0-9]{20,}", "age-encryption.org/v1"),
    # Model providers
    _format("anthropic-key", "sk-ant-", _WORD, "docs.anthropic.com: API overview, authentication"),
    _format("langfuse-key", "sk-lf-", _WORD, "langfuse.com/docs: API keys"),
    _format(
        "openai-key",
        "sk-proj- sk-svcacct- sk-admin- sk-None-",
        r"(?=[A-Za-z_-]{0,80}[0-9])[\w-]{16,}",
        "platform.openai.com/docs: API reference, authentication",
    ),
    _format("openrouter-key", "sk-or-", _WORD, "openrouter.ai/docs: authentication"),
    _format(
        "sk-key",
        "sk-",
        r"(?:[a-z0-9]{1,12}-){0,3}" + _DIGIT_AHEAD + r"[A-Za-z0-9_]{16,}[\w-]*",
        "platform.openai.com, api-docs.deepseek.com, docs.litellm.ai: API keys",
    ),
    _format("groq-key", "gsk_", _LONG, "console.groq.com/docs: API keys"),
    _format(
        "huggingface-token",
        "hf_ api_org_",
        r"[A-Za-z0-9]{20,}",
        "huggingface.co/docs/hub/security-tokens",
    ),
    _format("replicate-token", "r8_", _LONG, "replicate.com/docs: authentication"),
    _format("perplexity-key", "pplx-", _LONG, "docs.perplexity.ai: API keys"),
    _format("xai-key", "xai-", _LONG, "docs.x.ai: authentication"),
    _format("nvidia-key", "nvapi-", _WORD, "docs.api.nvidia.com: API keys"),
    _format("fireworks-key", "fw_", r"[A-Za-z0-9]{20,}", "docs.fireworks.ai: API keys"),
    _format("cerebras-key", "csk-", r"[a-z0-9]{20,}", "inference-docs.cerebras.ai: API keys"),
    _format("together-key", "tgp_v1_", _WORD, "docs.together.ai: API keys"),
    _format("llamacloud-key", "llx-", _WORD, "docs.cloud.llamaindex.ai: API key"),
    _format("elevenlabs-key", "sk_", r"[0-9a-f]{40,}", "elevenlabs.io/docs: authentication"),
    _format("langsmith-key", "lsv2_", r"[a-z]{2}_\w{8,}", "docs.smith.langchain.com: API keys"),
    _format("langsmith-key", "ls__", r"[a-z0-9]{20,}", "docs.smith.langchain.com: API keys"),
    # Tools of agents
    _format(
        "tavily-key",
        "tvly-",
        r"(?=[A-Za-z_-]{0,64}[0-9])[A-Za-z0-9-]{16,}",
        "docs.tavily.com: authentication",
    ),
    _format("pinecone-key", "pcsk_", r"\w{20,}", "docs.pinecone.io: manage API keys"),
    _format(
        "firecrawl-key", "fc-", r"[0-9a-f]{32}(?![0-9a-f])", "docs.firecrawl.dev: authentication"
    ),
    _format("jina-key", "jina_", r"[A-Za-z0-9_-]{20,}", "jina.ai: API key"),
    _format("e2b-key", "e2b_", _HEX, "e2b.dev/docs: API key"),
    _format("apify-token", "apify_api_", _LONG, "docs.apify.com: API token"),
    _format("browserbase-key", "bb_live_ bb_test_", _WORD, "docs.browserbase.com: authentication"),
    _format(
        "composio-key",
        "ak_",
        r"(?=[A-Za-z]{0,20}[0-9])[A-Za-z0-9_-]{20,}",
        "docs.composio.dev: API key",
    ),
    # Clouds
    _format(
        "aws-access-key-id",
        "AKIA ASIA ABIA ACCA",
        r"[0-9A-Z]{12,}(?![a-z])(?:[^A-Za-z0-9\n]{1,5}(?=[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+]))[A-Za-z0-9/+]{40})?",
        "docs.aws.amazon.com: IAM identifiers, unique ID prefixes",
    ),
    _format(
        "aws-bedrock-key",
        "ABSK",
        r"[A-Za-z0-9+/]{60,}={0,2}",
        "docs.aws.amazon.com: Bedrock API keys",
    ),
    _format(
        "aws-session-token",
        "IQoJb3JpZ2lu FwoGZXIvYXdz",
        r"[A-Za-z0-9+/%]{40,}={0,2}",
        "docs.aws.amazon.com: STS session tokens",
    ),
    _format("google-api-key", "AIza", r"[\w-]{30,}", "cloud.google.com/docs: API keys"),
    _format("google-oauth-secret", "GOCSPX-", _WORD, "developers.google.com/identity: OAuth 2.0"),
    _format("google-oauth-token", "ya29.", _WORD, "developers.google.com/identity: OAuth 2.0"),
    _format(
        "google-refresh-token", "1//0", r"[\w-]{20,}", "developers.google.com/identity: OAuth 2.0"
    ),
    _format(
        "alibaba-access-key", "LTAI", r"[A-Za-z0-9]{12,}", "alibabacloud.com/help: AccessKey pair"
    ),
    _format(
        "digitalocean-token",
        "dop_v1_ doo_v1_ dor_v1_",
        _HEX,
        "docs.digitalocean.com: personal access tokens",
    ),
    _format("heroku-key", "HRKU-", r"[\w-]{20,}", "devcenter.heroku.com: token prefix"),
    _format(
        "fly-token",
        "FlyV1 fo1_ fm1_ fm2_ fm1r_ fm2r_",
        r"[A-Za-z0-9_ +/=,-]{0,8}[A-Za-z0-9_+/=,-]{20,}",
        "fly.io/docs: access tokens",
    ),
    _format(
        "vercel-token",
        "vcp_ vca_ vci_ vcr_ vck_",
        r"[A-Za-z0-9]{20,}",
        "vercel.com/docs: access tokens",
    ),
    _format(
        "netlify-token",
        "nfp_ nfc_ nfo_ nfu_ nfb_",
        r"[A-Za-z0-9]{20,}",
        "docs.netlify.com: personal access tokens",
    ),
    _format(
        "cloudflare-key",
        "v1.0-",
        r"[0-9a-f]{24}-[0-9a-f]{40,}",
        "developers.cloudflare.com: origin CA keys",
    ),
    _format(
        "cloudflare-token",
        "cfut_ cfat_ cfk_",
        r"[A-Za-z0-9_-]{20,}",
        "developers.cloudflare.com: API token formats",
    ),
    _format(
        "supabase-key", "sbp_ sb_secret_", r"[A-Za-z0-9_-]{16,}", "supabase.com/docs: API keys"
    ),
    _format(
        "planetscale-token",
        "pscale_tkn_ pscale_pw_ pscale_oauth_",
        _WORD,
        "planetscale.com/docs: service tokens",
    ),
    _format("neon-key", "napi_", r"[a-z0-9]{30,}", "neon.tech/docs: API keys"),
    _format("render-key", "rnd_", r"[A-Za-z0-9]{20,}", "render.com/docs: API keys"),
    _format("aiven-password", "AVNS_", r"[\w-]{12,}", "aiven.io/docs: service credentials"),
    _format(
        "mongodb-atlas-secret", "mdb_sa_sk_", _WORD, "mongodb.com/docs/atlas: service accounts"
    ),
    _format("vault-token", "hvs. hvb. hvr.", _WORD, "developer.hashicorp.com/vault: tokens"),
    _format(
        "doppler-token",
        "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.",
        r"[A-Za-z0-9._-]{20,}",
        "docs.doppler.com: token formats",
    ),
    _format(
        "onepassword-token",
        "ops_eyJ",
        r"[A-Za-z0-9+/=_-]{20,}",
        "developer.1password.com: service accounts",
    ),
    _format("pulumi-token", "pul-", r"[0-9a-f]{40}", "pulumi.com/docs: access tokens"),
    _format(
        "databricks-token",
        "dapi dkea",
        r"[0-9a-f]{32}(?:-[0-9])?",
        "docs.databricks.com: personal access tokens",
    ),
    _format("dbt-token", "dbtc_ dbts_ dbtu_", _WORD, "docs.getdbt.com: API access tokens"),
    _format("prefect-key", "pnu_ pnb_", r"[A-Za-z0-9]{20,}", "docs.prefect.io: API keys"),
    _format(
        "dynatrace-token",
        "dt0c01. dt0s01.",
        r"[A-Z0-9]{20,}\.[A-Z0-9]{20,}",
        "docs.dynatrace.com: token format",
    ),
    _format("tailscale-key", "tskey-", r"[a-z]{2,12}-[A-Za-z0-9-]{10,}", "tailscale.com/kb: keys"),
    # Version control and packages
    _format(
        "github-token", "ghp_ gho_ ghu_ ghs_ ghr_", r"\w{20,}", "docs.github.com: token formats"
    ),
    _format("github-token", "github_pat_", r"\w{20,}", "docs.github.com: token formats"),
    _format(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glptt- glcbt- glagent- glft- glsoat- glimt- gloas- glffct-",
        r"[\w.-]{16,}",
        "docs.gitlab.com: token prefixes",
    ),
    _format(
        "bitbucket-password",
        "ATBB",
        r"(?=[A-Za-z]{0,40}[0-9])[A-Za-z0-9]{20,}",
        "support.atlassian.com: app passwords",
    ),
    _format(
        "atlassian-token", "ATATT3 ATCTT3", r"[\w=-]{20,}", "support.atlassian.com: API tokens"
    ),
    _format("npm-token", "npm_", r"[A-Za-z0-9]{30,}", "docs.npmjs.com: access tokens"),
    _format("pypi-token", "pypi-", r"[\w-]{50,}", "pypi.org/help: API tokens"),
    _format("docker-token", "dckr_pat_ dckr_oat_", _WORD, "docs.docker.com: access tokens"),
    _format("rubygems-key", "rubygems_", _HEX, "guides.rubygems.org: API key scopes"),
    _format("nuget-key", "oy2", r"[a-z0-9]{43}(?![a-z0-9])", "learn.microsoft.com/nuget: API keys"),
    _format(
        "crates-token",
        "cio",
        r"[A-Za-z0-9]{32}(?![A-Za-z0-9])",
        "doc.rust-lang.org/cargo: API tokens",
    ),
    _format("artifactory-key", "AKCp", r"[A-Za-z0-9]{30,}", "jfrog.com/help: API keys"),
    _format(
        "buildkite-token", "bkua_ bkct_", r"[0-9a-f]{30,}", "buildkite.com/docs: token security"
    ),
    _format("circleci-token", "CCIPAT_ CCIPRJ_", r"\w{20,}", "circleci.com/docs: API tokens"),
    _format("sonar-token", "sqp_ squ_ sqa_", r"[0-9a-f]{40}", "docs.sonarsource.com: tokens"),
    # Chat
    _format(
        "slack-token",
        "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc- xoxd- xoxe- xoxe.xoxp- xoxe.xoxb-",
        r"[\w%-]{10,}",
        "api.slack.com/authentication/token-types",
    ),
    _format("slack-app-token", "xapp-", r"[\w-]{16,}", "api.slack.com/authentication/token-types"),
    _format(
        "slack-webhook",
        "hooks.slack.com",
        _SLASH + r"(?:services|workflows|triggers)(?P<secret>" + _SLASH + r"[A-Za-z0-9_/\\]{20,})",
        "api.slack.com/messaging/webhooks",
    ),
    _format(
        "discord-webhook",
        "discord.com discordapp.com",
        _SLASH
        + r"api"
        + _SLASH
        + r"(?:v[0-9]{1,2}"
        + _SLASH
        + r")?webhooks"
        + _SLASH
        + r"[0-9]{5,25}"
        + _SLASH
        + r"(?P<secret>[\w-]{20,})",
        "discord.com/developers/docs: webhooks",
    ),
    # Payment and shops
    _format(
        "stripe-key",
        "sk_live_ sk_test_ rk_live_ rk_test_",
        r"[A-Za-z0-9]{10,}",
        "docs.stripe.com/keys",
    ),
    _format(
        "webhook-secret",
        "whsec_",
        r"[A-Za-z0-9+/]{16,}={0,2}",
        "docs.stripe.com/webhooks, standardwebhooks.com",
    ),
    _format(
        "square-token",
        "EAAA",
        r"(?=[A-Za-z_-]{0,60}[0-9])[\w-]{55,}",
        "developer.squareup.com: access tokens",
    ),
    _format("square-secret", "sq0csp- sq0atp-", r"[\w-]{20,}", "developer.squareup.com: OAuth"),
    _format(
        "paypal-token",
        "access_token$",
        r"[a-z]{4,12}\$[0-9a-z]{16}\$[0-9a-f]{32}",
        "developer.paypal.com/braintree: access tokens",
    ),
    _format("paypal-token", "A21AA", r"[\w-]{60,}", "developer.paypal.com: access tokens"),
    _format(
        "razorpay-key", "rzp_live_ rzp_test_", r"[A-Za-z0-9]{14}", "razorpay.com/docs: API keys"
    ),
    _format(
        "paddle-key", "pdl_live_ pdl_sdbx_", r"apikey_\w{20,}", "developer.paddle.com: API keys"
    ),
    _format(
        "plaid-token",
        "access-sandbox- access-development- access-production-",
        _UUID,
        "plaid.com/docs: tokens",
    ),
    _format(
        "flutterwave-key",
        "FLWSECK- FLWSECK_TEST-",
        r"[A-Za-z0-9-]{16,}",
        "developer.flutterwave.com: API keys",
    ),
    _format(
        "shopify-token",
        "shpat_ shpca_ shppa_ shpss_ shptka_",
        r"[0-9a-fA-F]{20,}",
        "shopify.dev/docs: access tokens",
    ),
    _format(
        "shippo-token", "shippo_live_ shippo_test_", r"[0-9a-f]{40}", "docs.goshippo.com: API keys"
    ),
    # Mail and telephone
    _format("sendgrid-key", "SG.", r"[\w-]{16,32}\.[\w-]{16,64}", "docs.sendgrid.com: API keys"),
    _format("twilio-key", "SK AC", r"[0-9a-f]{32}(?![0-9a-zA-Z])", "twilio.com/docs/glossary: SID"),
    _format(
        "mailgun-key", "key-", r"[0-9a-f]{32}(?![0-9a-zA-Z])", "documentation.mailgun.com: API keys"
    ),
    _format(
        "brevo-key",
        "xkeysib- xsmtpsib-",
        r"[0-9a-f]{30,}-?[A-Za-z0-9]*",
        "developers.brevo.com: authentication",
    ),
    _format(
        "resend-key",
        "re_",
        r"(?=[A-Za-z_]{0,30}[0-9])[A-Za-z0-9]{6,10}_[A-Za-z0-9]{20,}",
        "resend.com/docs: API keys",
    ),
    # Work
    _format(
        "linear-key", "lin_api_ lin_oauth_", r"[A-Za-z0-9]{20,}", "linear.app/developers: API keys"
    ),
    _format("notion-token", "ntn_", r"[A-Za-z0-9]{20,}", "developers.notion.com: authentication"),
    _format(
        "notion-token",
        "secret_",
        r"[A-Za-z0-9]{43}(?![A-Za-z0-9])",
        "developers.notion.com: authentication",
    ),
    _format(
        "figma-token", "figd_ figo_ figu_", r"[\w-]{20,}", "figma.com/developers: access tokens"
    ),
    _format("postman-key", "PMAK-", r"[0-9a-f]{20,}-?[0-9a-f]*", "learning.postman.com: API keys"),
    _format(
        "postman-key", "PMAT-", r"[0-9A-Z]{20,}", "learning.postman.com: collection access keys"
    ),
    _format(
        "sentry-token",
        "sntrys_ sntryu_ sntrya_ sntryi_",
        r"[A-Za-z0-9+/=_-]{20,}",
        "docs.sentry.io: auth tokens",
    ),
    _format(
        "grafana-token", "glsa_ glc_", r"[A-Za-z0-9_+/=]{20,}", "grafana.com/docs: service accounts"
    ),
    _format(
        "newrelic-key",
        "NRAK- NRJS- NRII- NRAA- NRIQ- NRRA-",
        r"[A-Za-z0-9_-]{16,}",
        "docs.newrelic.com: API keys",
    ),
    _format(
        "airtable-token",
        "pat",
        r"[A-Za-z0-9]{14}\.[0-9a-f]{64}",
        "airtable.com/developers: personal access tokens",
    ),
    _format(
        "hubspot-token",
        "pat-na1- pat-na2- pat-eu1- pat-ap1-",
        _UUID,
        "developers.hubspot.com: private apps",
    ),
    _format(
        "clickup-token", "pk_", r"[0-9]{4,12}_[A-Z0-9]{32}", "developer.clickup.com: authentication"
    ),
    _format(
        "typeform-token", "tfp_", r"[\w.-]{30,}", "typeform.com/developers: personal access token"
    ),
    _format(
        "contentful-token",
        "CFPAT-",
        r"[\w-]{30,}",
        "contentful.com/developers: personal access tokens",
    ),
    _format("launchdarkly-key", "sdk- api- mob-", _UUID, "docs.launchdarkly.com: keys"),
    _format("posthog-key", "phx_", r"[A-Za-z0-9]{30,}", "posthog.com/docs: personal API keys"),
    _format("readme-key", "rdme_", r"[a-z0-9]{40,}", "docs.readme.com: API keys"),
    _format(
        "mapbox-token",
        "sk.eyJ",
        r"[A-Za-z0-9_-]{20,}\.?[A-Za-z0-9_-]*",
        "docs.mapbox.com: access tokens",
    ),
    _format(
        "duffel-token",
        "duffel_live_ duffel_test_",
        r"[\w=-]{30,}",
        "duffel.com/docs: access tokens",
    ),
    _format("easypost-key", "EZAK EZTK", r"[A-Za-z0-9]{54}", "docs.easypost.com: API keys"),
    _format(
        "facebook-token",
        "EAAC EAAB EAAG EAAD",
        r"[A-Za-z0-9]{80,}",
        "developers.facebook.com: access tokens",
    ),
    _format(
        "x-bearer-token",
        "AAAAAAAAAAAAAAAAAAAAA",
        r"(?=[A-Za-z]{0,60}[0-9])[A-Za-z0-9]{8,14}(?:%2B|%2F|%3D|[A-Za-z0-9]){40,}",
        "developer.x.com: OAuth 2.0 bearer token",
    ),
)
"""The formats of keys with a fixed beginning, specific formats before general ones."""


class InnerFormat(NamedTuple):
    """The format of one kind of key that has no fixed beginning."""

    kind: str
    hint: bytes
    """A text that each key contains, in lower case."""
    pattern: re.Pattern[bytes]
    """Matches a whole key. A group named `secret` is the part of it that is replaced."""
    source: str


def _inner(kind: str, hint: str, pattern: str, source: str) -> InnerFormat:
    return InnerFormat(kind, hint.encode(), re.compile(pattern.encode(), re.S), source)


INNER_FORMATS = (
    _inner(
        "telegram-token",
        ":aa",
        r"(?<![0-9])[0-9]{8,10}:AA[\w-]{32,}",
        "core.telegram.org/bots/features: authentication",
    ),
    _inner(
        "azure-client-secret",
        "8q~",
        r"(?<![\w~.-])[\w~.-]{3}8Q~[\w~.-]{30,40}",
        "learn.microsoft.com/entra: client secrets",
    ),
    _inner(
        "terraform-token",
        ".atlasv1.",
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}",
        "developer.hashicorp.com/terraform: API tokens",
    ),
    _inner(
        "azure-devops-token",
        "azdo",
        r"(?<![A-Za-z0-9])[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![A-Za-z0-9])",
        "learn.microsoft.com/azure/devops: PAT format",
    ),
    _inner(
        "azure-storage-key",
        "accountkey",
        r"(?i:AccountKey|SharedAccessKey)\s{0,4}=\s{0,4}(?P<secret>[A-Za-z0-9+/%]{20,}={0,2})",
        "learn.microsoft.com/azure/storage: connection strings",
    ),
    _inner(
        "azure-storage-key",
        "sharedaccesskey",
        r"(?i:SharedAccessKey)\s{0,4}=\s{0,4}(?P<secret>[A-Za-z0-9+/%]{20,}={0,2})",
        "learn.microsoft.com/azure/service-bus: connection strings",
    ),
    _inner(
        "azure-sas",
        "sig=",
        r"(?<![A-Za-z0-9])sig=(?P<secret>[A-Za-z0-9%+/_-]{20,}=?)",
        "learn.microsoft.com/azure/storage: SAS",
    ),
    _inner(
        "aws-signature",
        "x-amz-",
        r"X-Amz-(?:Signature|Credential|Security-Token)=(?P<secret>[A-Za-z0-9%+/=_-]{16,})",
        "docs.aws.amazon.com: SigV4 query parameters",
    ),
    _inner(
        "aws-secret-key",
        "aws",
        r"(?i:aws)[^\n]{0,30}?(?i:secret|key)[^\n]{0,30}?[^A-Za-z0-9/+](?P<secret>[A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
        "docs.aws.amazon.com: IAM access keys",
    ),
    _inner(
        "sentry-dsn",
        "sentry",
        r"://(?P<secret>[0-9a-f]{32})(?::[0-9a-f]{32})?@[\w.-]{0,100}sentry",
        "docs.sentry.io: DSN",
    ),
    _inner(
        "teams-webhook",
        "webhook.office.com",
        r"webhook\.office\.com"
        + _SLASH
        + r"webhookb2(?P<secret>"
        + _SLASH
        + r"[A-Za-z0-9@/\\-]{40,})",
        "learn.microsoft.com/microsoftteams: incoming webhooks",
    ),
    _inner(
        "mailchimp-key",
        "-us",
        r"(?<![0-9a-zA-Z])[0-9a-f]{32}-us[0-9]{1,2}(?![0-9a-zA-Z])",
        "mailchimp.com/developer: API keys",
    ),
    _inner(
        "cloudinary-url",
        "cloudinary:",
        r"cloudinary:" + _SLASH + _SLASH + r"[0-9]{6,20}:(?P<secret>[\w-]{10,})@",
        "cloudinary.com/documentation: environment variable",
    ),
)
"""The formats of keys without a fixed beginning."""

DISCORD_PROBE = re.compile(rb"\.[\w-]{6,7}\.[\w-]{27}")
DISCORD_TOKEN = re.compile(rb"(?<![\w-])[MNO][\w-]{22,28}\.[\w-]{6,7}\.[\w-]{27,}")
"""discord.com/developers/docs: authentication. It has no fixed beginning; the pattern is quick."""
