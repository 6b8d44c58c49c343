"""A certificate of the kiosk's own, for the desk on a local network where nobody issues one."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_DAYS: Final = 397
"""Browsers refuse longer ones."""


def own_certificate(folder: Path, addresses: tuple[str, ...], now: dt.datetime) -> tuple[Path, Path]:
    """Make a self-signed certificate for these IP addresses, or keep the one that is still valid for them.

    Args:
        folder: Where the two files live; only the owner may read the key.
        addresses: IP addresses people will type.
        now: UTC.

    Returns:
        Paths of the certificate and of its private key, both PEM.
    """
    certificate_path, key_path = folder / "desk.crt", folder / "desk.key"
    names = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
    if certificate_path.exists() and key_path.exists():
        known = x509.load_pem_x509_certificate(certificate_path.read_bytes())
        listed = known.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if known.not_valid_after_utc > now and set(names) <= set(listed):
            return certificate_path, key_path
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kiosk desk")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(key_path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_path, key_path
