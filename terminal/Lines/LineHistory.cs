namespace OrleansChat.Terminal.Lines;

/// <summary>
/// The lines that the arrow keys bring back, in memory only: they are half of a conversation. The line being written when the
/// first arrow is pressed waits behind the newest.
/// </summary>
internal sealed class LineHistory
{
    private const int MaxLines = 500;

    private readonly List<string> _lines = [];
    private int _position;
    private string _unfinished = "";

    /// <summary>Adds a line, unless it repeats the last one.</summary>
    public void Add(string line)
    {
        if (_lines.LastOrDefault() == line)
            return;
        if (_lines.Count == MaxLines)
            _lines.RemoveAt(0);
        _lines.Add(line);
    }

    /// <summary>Starts behind the newest line.</summary>
    public void Rewind() => _position = _lines.Count;

    /// <summary>The line before; the current one at the oldest.</summary>
    public string Older(string current)
    {
        if (_position == 0)
            return current;
        if (_position == _lines.Count)
            _unfinished = current;
        return _lines[--_position];
    }

    /// <summary>The line behind; the current one at the newest.</summary>
    public string Newer(string current)
    {
        if (_position == _lines.Count)
            return current;
        return ++_position == _lines.Count ? _unfinished : _lines[_position];
    }
}
