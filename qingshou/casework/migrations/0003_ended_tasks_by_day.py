from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("casework", "0002_append_only")]
    operations = [
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["ended_on", "household"], name="casework_ta_ended_o_bb79de_idx"),
        ),
    ]
