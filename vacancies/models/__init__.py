from vacancies.models.agency import Agency, AgencyOfficer
from vacancies.models.education_change import EducationChange
from vacancies.models.facet_cell import FacetCell
from vacancies.models.facet_count import FacetCount
from vacancies.models.formation import Formation, Qualification
from vacancies.models.formation_import import FormationImport
from vacancies.models.holiday import Holiday
from vacancies.models.minimum import Minimum, Prolongation
from vacancies.models.recruitment import Recruitment
from vacancies.models.requirement import Requirement
from vacancies.models.revision import Clarification, Revision
from vacancies.models.saved_search import ClosingReminder, SavedSearch
from vacancies.models.stage import ScheduleChange, Stage

__all__ = [
    "Agency",
    "AgencyOfficer",
    "Clarification",
    "ClosingReminder",
    "EducationChange",
    "FacetCell",
    "FacetCount",
    "Formation",
    "FormationImport",
    "Holiday",
    "Minimum",
    "Prolongation",
    "Qualification",
    "Recruitment",
    "Requirement",
    "Revision",
    "SavedSearch",
    "ScheduleChange",
    "Stage",
]
