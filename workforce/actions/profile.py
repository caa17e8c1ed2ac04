"""What a person does with the own profile: agree, take it back, reply."""

from django.db import transaction

from workforce.models import Consent, Employee, Reply


@transaction.atomic(durable=True)
def consent(employee: Employee, *, given: bool, at) -> None:
    """The fields that need consent are open from now on, or closed again; each change is kept."""
    employee = Employee.objects.select_for_update(no_key=True).get(pk=employee.pk)
    if employee.consents == given:
        return
    employee.consents = given
    employee.save(update_fields=["consents"])
    Consent.objects.create(employee=employee, given=given, at=at)


@transaction.atomic(durable=True)
def reply(employee: Employee, text: str, *, at) -> Reply:
    """The person's words stand beside the profile; an empty text takes them back."""
    return Reply.objects.create(employee=employee, text=text.strip(), at=at)
