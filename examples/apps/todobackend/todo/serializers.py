"""Items as they travel in requests and responses."""

from rest_framework import serializers

from todo.models import TodoItem
from todo_common import TitleError, normalise_title


class TitleField(serializers.Field):
    """A title by the rules of todo_common, which alone decide on white space and length."""

    default_error_messages = {"invalid": "Not a valid string."}

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        try:
            return normalise_title(data)
        except TitleError as error:
            raise serializers.ValidationError(str(error), code="title") from error

    def to_representation(self, value):
        return value


class TodoItemSerializer(serializers.ModelSerializer):
    url = serializers.HyperlinkedIdentityField(view_name="todo-item")
    title = TitleField()

    class Meta:
        model = TodoItem
        fields = ["id", "url", "title", "completed", "order"]
        extra_kwargs = {"order": {"required": False}}

    def create(self, validated_data):
        if "order" not in validated_data:
            validated_data["order"] = TodoItem.objects.next_order()
        return super().create(validated_data)
