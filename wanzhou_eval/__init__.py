"""The ground floor: settings, people, calendar, audit; imports no app."""
