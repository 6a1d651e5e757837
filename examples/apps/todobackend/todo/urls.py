"""The addresses of the list and of its items."""

from django.urls import path

from todo.views import OverviewView, TodoItemViewSet

urlpatterns = [
    path("", OverviewView.as_view(), name="overview"),
    path(
        "todos",
        TodoItemViewSet.as_view({"get": "list", "post": "create", "delete": "clear"}),
        name="todo-list",
    ),
    path(
        "todos/<int:pk>",
        TodoItemViewSet.as_view({"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}),
        name="todo-item",
    ),
]
