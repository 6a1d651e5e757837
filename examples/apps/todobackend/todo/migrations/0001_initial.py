import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="TodoItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("completed", models.BooleanField(default=False)),
                (
                    "order",
                    models.PositiveIntegerField(validators=[django.core.validators.MaxValueValidator(2147483647)]),
                ),
            ],
            options={"ordering": ["order", "id"]},
        ),
    ]
