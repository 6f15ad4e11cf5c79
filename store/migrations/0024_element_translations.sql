-- Participations and provisions have texts in other languages of their own. Those of questions, participants and places
-- stand in the JSON of their field.
ALTER TABLE talk_participations ADD COLUMN translations TEXT;
ALTER TABLE talk_participations_history ADD COLUMN translations TEXT;
ALTER TABLE agreement_provisions ADD COLUMN translations TEXT;
ALTER TABLE agreement_provisions_history ADD COLUMN translations TEXT;
