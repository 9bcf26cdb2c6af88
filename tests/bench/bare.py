"""The floors of pages: Django's seven standard middlewares, session, user, one statement."""

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import Context, Engine
from django.test import Client, override_settings
from django.urls import path

from wanzhou_eval.models import User

HOST = "127.0.0.1"
MIDDLEWARE = [
    "tests.bench.bare.bare_addresses",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PAGE = Engine(autoescape=True).from_string(
    "<!doctype html><html lang=zh><title>{{ row.1 }}</title><body>"
    "<p>{{ user.name }}</p><p>{{ row.0 }} {{ row.1 }}</p></body></html>"
)


def bare_addresses(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: these addresses instead of the product's, for one client alone."""

    def respond(request: HttpRequest) -> HttpResponse:
        request.urlconf = __name__
        return get_response(request)

    return respond


def page(request: HttpRequest) -> HttpResponse:
    """Session, user, one SELECT, one template."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM bench_row WHERE id = 1")
        row = cursor.fetchone()
    assert request.user.is_authenticated
    return HttpResponse(PAGE.render(Context({"row": row, "user": request.user})))


def save(request: HttpRequest) -> HttpResponse:
    """Session, user, one UPDATE, a short JSON."""
    assert request.user.is_authenticated
    with connection.cursor() as cursor:
        cursor.execute("UPDATE bench_row SET n = n + 1 WHERE id = 1")
    return JsonResponse({"n": request.POST["n"]})


urlpatterns = [path("page/", page), path("save/", save)]


def signed_in(user: User) -> Client:
    """A browser on the product."""
    client = Client(SERVER_NAME=HOST)
    client.force_login(user)
    return client


def bare_client(user: User) -> Client:
    """A browser on the floors; the settings stay as they are for everybody else."""
    client = signed_in(user)
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        client.handler.load_middleware()
    assert settings.MIDDLEWARE != MIDDLEWARE
    return client


def ask(client: Client, address: str) -> None:
    """GET a page that must answer."""
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer.content


def bare_save(client: Client) -> None:
    """POST to the floor of saving."""
    assert client.post("/save/", {"n": "1"}).status_code == 200
