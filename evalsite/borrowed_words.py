"""Words of the libraries whose own translations lack some of them; ours stand before theirs."""

from django.utils.translation import gettext_noop, ngettext_lazy

IMPORT_EXPORT = [
    gettext_noop("%s through import_export"),
    gettext_noop('Select at least 1 field for "%(resource_name)s" to export'),
    gettext_noop("Resource"),
    gettext_noop("export failed due to IllegalCharacterError"),
]
ADMIN = [
    gettext_noop("After you’ve created a user, you’ll be able to edit more user options."),
    gettext_noop("Error:"),
    gettext_noop("Forgotten your login credentials?"),
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop(
        "Whether the user will be able to authenticate using a password or not. If disabled, they may still be able "
        "to authenticate using other backends, such as Single Sign-On or LDAP."
    ),
]
AUTH = [
    gettext_noop("groups"),
    ngettext_lazy(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
    ),
]
