"""The account's own pages: where to go from here, and its second factor."""

from allauth.account import views as account
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render

from accounts.guards import acts_as_owner, second_factor_again
from accounts.team_role import as_owner


@login_required
def home(request):
    """Staff go to their desk, the team to its workspace; applicants see their applications."""
    if request.user.is_staff:
        return redirect("admin:index")
    if request.user.made_by_team:
        return redirect("team_workspace")
    applications = request.user.applications.select_related("formation__unit", "recruitment").order_by("-created_at")
    return render(request, "accounts/home.html", {"applications": applications})


class Enrolment(totp.ActivateTOTPView):
    """Pair an authenticator app. Sessions opened elsewhere with the password alone end here."""

    def form_valid(self, form):
        with as_owner(self.request.user):
            answer = super().form_valid(form)
        record_authentication(self.request, self.request.user, method="mfa", type="totp")  # the form checked a code
        mine = self.request.session.session_key
        for session in UserSession.objects.filter(user=self.request.user).exclude(session_key=mine):
            session.end()
        return answer


enrolment = Enrolment.as_view()
# With the password alone nobody takes the factor off or reads the codes that stand in for it.
removal = second_factor_again(acts_as_owner(totp.deactivate_totp))
reserve_codes = second_factor_again(recovery.view_recovery_codes)
reserve_codes_new = second_factor_again(acts_as_owner(recovery.generate_recovery_codes))
reserve_codes_file = second_factor_again(recovery.download_recovery_codes)


def logout(request):
    """Asks, then signs out; the browser is told to forget what it kept, for the next person on a shared phone."""
    response = account.logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response
