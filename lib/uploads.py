"""Uploads that stay in memory: what is secret never lies in a temporary file, where a disk or its copy keeps it."""

from functools import wraps

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.views.decorators.csrf import csrf_exempt, csrf_protect


class InMemory(MemoryFileUploadHandler):
    """Keeps at most `most` bytes of all files of a request together, and the true size of each.

    What is beyond is dropped as it comes: whoever reads the file sees by its size that it is too large.
    """

    def __init__(self, request, *, most: int):
        super().__init__(request)
        self.room = most

    def handle_raw_input(self, *args, **kwargs):
        self.activated = True

    def receive_data_chunk(self, raw_data, start):
        self.file.write(raw_data[: self.room])
        self.room -= min(len(raw_data), self.room)


def kept_in_memory(most: int):
    """A view whose uploads never touch the disk; `most` bytes of them are kept. Stands under the guard of the view.

    The form token is asked here, not by the middleware: looking for it reads the body, and by then the handler stands.
    """

    def decorate(view):
        checked = csrf_protect(view)

        @csrf_exempt
        @wraps(view)
        def received(request, *args, **kwargs):
            request.upload_handlers = [InMemory(request, most=most)]
            return checked(request, *args, **kwargs)

        return received

    return decorate
