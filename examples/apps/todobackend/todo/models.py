"""What is kept of an item."""

from django.core.validators import MaxValueValidator
from django.db import models

from todo_common import MAX_ORDER, MAX_TITLE_LENGTH, next_order


class TodoItemQuerySet(models.QuerySet["TodoItem"]):
    def next_order(self) -> int:
        """Return the order of an item added after all of these."""
        return next_order(self.aggregate(highest=models.Max("order"))["highest"])


class TodoItem(models.Model):
    """One thing to do. A lower order stands higher up in the list."""

    title = models.CharField(max_length=MAX_TITLE_LENGTH)
    completed = models.BooleanField(default=False)
    order = models.PositiveIntegerField(validators=[MaxValueValidator(MAX_ORDER)])

    objects = TodoItemQuerySet.as_manager()

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.title
