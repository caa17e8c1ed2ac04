"""The account's own page: where to go from here."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render


@login_required
def home(request):
    """Staff go to their desk, the team to its workspace; applicants see their applications."""
    if request.user.is_staff:
        return redirect("admin:index")
    if request.user.made_by_team:
        return redirect("team_workspace")
    applications = request.user.applications.select_related("formation__unit", "recruitment").order_by("-created_at")
    return render(request, "accounts/home.html", {"applications": applications})
