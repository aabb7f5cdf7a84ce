"""Whether a webhook's body is from somebody who knows the secret."""

import hashlib
import hmac
from http import HTTPStatus

from classifier.web.problems import Problem


def check_signature(secret: str, body: bytes, signature: str) -> None:
    """Raise Problem unless whoever sent the body knows the secret."""
    if not secret:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "Webhooks are not set up",
            hint="Start the server with the webhook's secret in SILENTRANK_WEBHOOK_SECRET.",
        )
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "surrogatepass")):
        raise Problem(
            HTTPStatus.UNAUTHORIZED,
            "The signature is not of this body under the webhook's secret",
            hint="The secret at GitHub and SILENTRANK_WEBHOOK_SECRET must be the same.",
            headers={"WWW-Authenticate": "X-Hub-Signature-256"},
        )
