using System.Text;

namespace OrleansChat.Verification.Fuzzing;

/// <summary>Generates streams of lines: most are nearly right, and wrong where a reader or a parser might fail.</summary>
internal sealed class StreamGenerator(Dice dice)
{
    // Beyond these lengths, a cut at every byte would cost more time than it is worth.
    private const int EveryByteInSegments = 80;
    private const int EveryByteArrives = 400;
    private const int OneInLong = 2_000;
    private static readonly byte[][] Commands = Latin(Vocabulary.Commands),
        Words = Latin(Vocabulary.Words), WhiteSpace = Latin(Vocabulary.WhiteSpace);
    private static readonly byte[][] Odd = Latin(Vocabulary.Odd), Broken = Latin(Vocabulary.Broken);
    private static readonly byte[][] Ends = Latin("\n", "\n", "\n", "\n", "\r\n", "\r\n", "\r\n", "\r\n", "\r\r\n", "\r", "");

    private readonly List<byte> _bytes = [];

    /// <summary>Draws a stream.</summary>
    public StreamInput Draw()
    {
        var isLong = dice.OneIn(OneInLong);
        var maxLength = isLong ? Protocol.Line.LineReader.MaxLineLength
            : dice.Below(16) switch
            {
                0 => dice.Below(4),
                1 or 2 => dice.Between(4, 40),
                < 7 => Protocol.Line.LineReader.MaxLineLength,
                _ => dice.Between(40, 400),
            };
        for (var more = dice.Between(1, 4); more > 0; more--)
        {
            AddLine(maxLength, isLong);
            if (more > 1 || !dice.OneIn(4)) Add(dice.Of(Ends));
        }

        return new([.. _bytes], maxLength, DrawCuts(EveryByteInSegments), [.. DrawCuts(EveryByteArrives), _bytes.Count]);
    }

    private void AddLine(int maxLength, bool isLong)
    {
        var start = _bytes.Count;
        switch (dice.Below(11))
        {
            case < 5: AddCommand(); break;
            case < 8: AddWords(); break;
            case 8:
                for (var i = dice.Below(40); i > 0; i--) _bytes.Add((byte)dice.Next());
                break;
            default:
                AddCommand();
                for (var i = dice.Between(1, 3); i > 0; i--) Mutate(start);
                break;
        }

        if (isLong || (maxLength <= 400 && dice.OneIn(6))) StretchTo(start + maxLength + dice.Between(-3, 3), isLong);
    }

    /// <summary>Adds a command, sometimes with a word too few or too many.</summary>
    private void AddCommand()
    {
        var command = dice.Below(Commands.Length);
        var form = Vocabulary.Forms[command];
        Add(Commands[command]);
        var count = (form.Required > 0 ? form.Required : dice.Below(2)) + (dice.OneIn(8) ? dice.Between(-1, 1) : 0);
        for (var words = count; words > 0; words--)
        {
            _bytes.Add((byte)' ');
            Add(dice.Of(Words));
        }

        if (!form.HasText) return;
        for (var pieces = dice.Below(4); pieces > 0; pieces--)
        {
            _bytes.Add((byte)' ');
            Add(dice.OneIn(3) ? DrawOdd() : dice.Of(Words));
        }
    }

    /// <summary>Adds words, odd ones among them, and separators.</summary>
    private void AddWords()
    {
        Add(dice.OneIn(6) ? DrawOdd() : dice.Of(Commands));
        for (var words = dice.Below(7); words > 0; words--)
        {
            if (dice.OneIn(10)) Add(dice.Of(WhiteSpace));
            if (!dice.OneIn(10)) _bytes.Add((byte)' ');
            if (dice.OneIn(10)) Add(dice.Of(WhiteSpace));
            if (!dice.OneIn(8)) Add(dice.OneIn(7) ? DrawOdd() : dice.Of(Words));
        }
    }

    private void Mutate(int start)
    {
        var at = dice.Between(start, _bytes.Count);
        var count = Math.Min(dice.Between(1, 4), _bytes.Count - at);
        switch (dice.Below(4))
        {
            case 0: _bytes.RemoveRange(at, count); break;
            case 1: _bytes.InsertRange(at, DrawOdd()); break;
            case 2: _bytes.InsertRange(at, _bytes.GetRange(at, count)); break;
            default:
                if (count > 0) _bytes[at] ^= (byte)(1 << dice.Below(8));
                break;
        }
    }

    /// <summary>Stretches the current line to this length, by its own words or by something new after them.</summary>
    private void StretchTo(int end, bool isLong)
    {
        var filler = dice.OneIn(3) ? DrawOdd() : dice.Of(Words);
        if (isLong && _bytes.Count < end - 100) filler = [.. filler, .. dice.OneIn(2) ? filler : DrawOdd()];
        while (_bytes.Count < end) Add(filler);
        if (end >= 0 && _bytes.Count > end && dice.OneIn(2)) _bytes.RemoveRange(end, _bytes.Count - end);
    }

    /// <summary>Positions in the stream, ascending: none, a few, those around line ends, or all.</summary>
    private int[] DrawCuts(int everyByteUpTo)
    {
        switch (dice.Below(8))
        {
            case 0 or 1: return [];
            case 2 when _bytes.Count <= everyByteUpTo: return [.. Enumerable.Range(0, _bytes.Count)];
            case 3:
                return [.. Enumerable.Range(0, _bytes.Count).Where(i => _bytes[i] is (byte)'\n' or (byte)'\r').Take(32)
                    .SelectMany(i => new[] { i, i + 1 }).Where(_ => !dice.OneIn(4))];
            default:
                var cuts = new int[dice.OneIn(8) ? dice.Below(30) : dice.Between(1, 3)];
                for (var i = 0; i < cuts.Length; i++) cuts[i] = dice.Between(0, _bytes.Count);
                Array.Sort(cuts);
                return cuts;
        }
    }

    private byte[] DrawOdd() => dice.OneIn(8) ? dice.Of(Broken) : dice.Of(Odd);

    private void Add(byte[] bytes) => _bytes.AddRange(bytes);

    private static byte[][] Latin(params string[] texts) => Array.ConvertAll(texts, Encoding.Latin1.GetBytes);
}
