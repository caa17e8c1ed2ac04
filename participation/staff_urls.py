"""The office's side of participation under /kelola/."""

urlpatterns = []
