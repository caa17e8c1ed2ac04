"""The office's side of exams under /kelola/."""

urlpatterns = []
