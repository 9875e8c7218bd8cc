"""Write docs/openapi.json from the views of the API.

python -m tools.openapi
"""

from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def main() -> None:
    """Write the document as the application is built."""
    from app.api import written_document
    from app.factory import create_app

    FILE.write_text(written_document(create_app()), encoding="utf-8")
    print(f"{FILE.name} is written.")


if __name__ == "__main__":
    main()
