from django.conf import settings


def instance(request) -> dict:
    """What every template may say about this installation; nothing about the visitor."""
    return {
        "instance": settings.INSTANCE,
        "demo": settings.DEMO,
        "site_url": settings.SITE_URL,
        "backup_days": settings.BACKUP_DAYS,
    }
