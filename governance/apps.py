from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "governance"
    label = "governance"
    verbose_name = "AI governance"
    default_auto_field = "django.db.models.BigAutoField"
