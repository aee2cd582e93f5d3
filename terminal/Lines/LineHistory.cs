namespace OrleansChat.Terminal.Lines;

/// <summary>
/// The lines that the arrow keys bring back. They stay in memory only, because they are half of a conversation. The line that was
/// being written when the first arrow was pressed comes after the newest one.
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

    /// <summary>Moves past the newest line, to the one being written.</summary>
    public void Rewind() => _position = _lines.Count;

    /// <summary>The line before the current one; the current one at the oldest.</summary>
    public string Older(string current)
    {
        if (_position == 0)
            return current;
        if (_position == _lines.Count)
            _unfinished = current;
        return _lines[--_position];
    }

    /// <summary>The line after the current one; the current one at the newest.</summary>
    public string Newer(string current)
    {
        if (_position == _lines.Count)
            return current;
        return ++_position == _lines.Count ? _unfinished : _lines[_position];
    }
}
