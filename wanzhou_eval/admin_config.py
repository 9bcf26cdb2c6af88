"""The administration site as a Django app; models are not loaded yet when this is read."""

from django.contrib.admin.apps import AdminConfig


class HouseAdminConfig(AdminConfig):
    """Django's administration with our entrance (`admin_site`)."""

    default_site = "wanzhou_eval.admin_site.HouseAdminSite"
