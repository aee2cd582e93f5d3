using System.Text;

namespace OrleansChat.Verification.Fuzzing.Oracles;

/// <summary>Decodes UTF-8 code point by code point, following RFC 3629.</summary>
internal static class NaiveUtf8
{
    /// <returns>The text; null if the bytes are not valid.</returns>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        StringBuilder text = new(bytes.Length);
        for (var i = 0; i < bytes.Length;)
        {
            int lead = bytes[i];
            var length = lead < 0x80 ? 1 : lead >> 5 == 0b110 ? 2 : lead >> 4 == 0b1110 ? 3 : lead >> 3 == 0b11110 ? 4 : 0;
            if (length == 0 || i + length > bytes.Length) return null;
            var value = length == 1 ? lead : lead & (0x7f >> length);
            foreach (var next in bytes.Slice(i + 1, length - 1))
            {
                if (next >> 6 != 0b10) return null;
                value = (value << 6) | (next & 0x3f);
            }

            var least = length switch { 1 => 0, 2 => 0x80, 3 => 0x800, _ => 0x1_0000 };
            if (value < least || value is >= 0xd800 and <= 0xdfff or > 0x10_ffff) return null;
            if (value < 0x1_0000) text.Append((char)value);
            else text.Append((char)(0xd800 + ((value - 0x1_0000) >> 10))).Append((char)(0xdc00 + ((value - 0x1_0000) & 0x3ff)));
            i += length;
        }

        return text.ToString();
    }
}
