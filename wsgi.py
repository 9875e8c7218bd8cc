"""What a web server runs."""

from app.factory import create_app

app = create_app()
