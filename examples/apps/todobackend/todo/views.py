"""What can be done with items, and the page that shows them."""

from django.views.generic import TemplateView
from rest_framework import status, viewsets
from rest_framework.response import Response

from todo.models import TodoItem
from todo.serializers import TodoItemSerializer
from todo_common import arrange, progress_of


class TodoItemViewSet(viewsets.ModelViewSet):
    queryset = TodoItem.objects.all()
    serializer_class = TodoItemSerializer

    def clear(self, request):
        """Delete every item."""
        self.get_queryset().delete()
        return Response(status=status.HTTP_204_NO_CONTENT)


class OverviewView(TemplateView):
    """The whole list as a page: what is open first."""

    template_name = "todo/overview.html"

    def get_context_data(self, **kwargs):
        items = arrange(TodoItem.objects.all())
        return super().get_context_data(items=items, progress=progress_of(items), **kwargs)
