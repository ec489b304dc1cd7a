# HTML from Python, before we had templates for everything. Still used for the
# drop-downs.
from markupsafe import Markup, escape


def optionList(choices, selected=None, blank=False):
    out = []
    if blank:
        out.append(Markup('<option value=""></option>'))
    for value, label in choices:
        sel = Markup(" selected") if str(value) == str(selected) else Markup("")
        out.append(Markup('<option value="%s"%s>%s</option>') % (escape(value), sel, escape(label)))
    return Markup("\n").join(out)


def yesno(v):
    return Markup('<span class="yes">yes</span>') if v else Markup('<span class="no">no</span>')


def badge(code):
    from orderdesk.utils import status_label

    return Markup('<span class="st st-%s">%s</span>') % (code, status_label(code))
