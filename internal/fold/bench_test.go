package fold_test

import (
	"testing"

	"parley/internal/fold"
)

// texts are a sentence in each of some scripts.
func texts() map[string]string {
	return map[string]string{
		"ascii":   "The second round of the talks on the release of hostages ended in Doha without an agreement on 12 November 2023",
		"latin":   "Le deuxième cycle de pourparlers à Genève s’est achevé sans accord, dit le médiateur à l’émissaire norvégien",
		"arabic":  "انتهت الجولة الثانية من المحادثات بشأن إطلاق سراح الرهائن في الدوحة دون اتفاق في ١٢ نوفمبر ٢٠٢٣",
		"hebrew":  "סבב השיחות השני על שחרור החטופים הסתיים בדוחא ללא הסכם, כך מסרו צה\"ל וארה\"ב ב-12 בנובמבר 2023",
		"chinese": "第二轮关于释放人质的谈判于2023年11月12日在多哈结束，双方未能就停火协议达成一致，调解人将继续努力",
	}
}

func BenchmarkText(b *testing.B) {
	for name, text := range texts() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				fold.Text(text)
			}
		})
	}
}

func BenchmarkWords(b *testing.B) {
	for name, text := range texts() {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			var words []fold.Word
			for b.Loop() {
				words = fold.AppendWords(words[:0], text)
			}
		})
	}
}

func BenchmarkKey(b *testing.B) {
	keyer := fold.NewKeyer()
	for name, text := range texts() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				keyer.Key("en", text)
			}
		})
	}
}
