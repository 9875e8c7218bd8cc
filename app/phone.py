"""Serving a real phone: the address on the local network, a certificate of our own, the address as a picture."""

import ipaddress
import socket
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import qrcode
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_CERTIFICATE_LIVES = timedelta(days=365)
_NOWHERE = ("192.0.2.1", 9)
"""An address for documentation: asking the way there sends nothing."""


def local_address() -> str:
    """Return the address of this machine on the local network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_NOWHERE)
            found: str = probe.getsockname()[0]
        except OSError:
            return "127.0.0.1"
        return found


def as_picture(address: str) -> str:
    """Return the address as a QR of characters, for a terminal."""
    code = qrcode.QRCode(border=2)
    code.add_data(address)
    out = StringIO()
    code.print_ascii(out=out, invert=True)
    return out.getvalue()


def certificate_for(address: str, folder: Path, at: datetime) -> tuple[Path, Path]:
    """Return the files of a certificate and its key for the address; made anew when there is none that is valid."""
    certificate, key = folder / f"phone-{address}.crt", folder / f"phone-{address}.pem"
    if certificate.exists() and key.exists():
        known = x509.load_pem_x509_certificate(certificate.read_bytes())
        if known.not_valid_after_utc > at:
            return certificate, key
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + _CERTIFICATE_LIVES)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False)
        .sign(private, hashes.SHA256())
    )
    key.touch(mode=0o600)
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    return certificate, key
