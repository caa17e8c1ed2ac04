from accounts.models.file_access import FileAccess
from accounts.models.person import Person
from accounts.models.role_change import RoleChange
from accounts.models.user import User

__all__ = ["FileAccess", "Person", "RoleChange", "User"]
