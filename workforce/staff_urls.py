"""The office's side of workforce under /kelola/."""

urlpatterns = []
