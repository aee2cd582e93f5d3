namespace OrleansChat.Verification.Simulation.Host;

/// <summary>The calls that wait for an answer, in several lists, so that threads seldom compete for a lock.</summary>
internal sealed class CallList(SimulatedSilo silo)
{
    private readonly Part[] _parts = [.. Enumerable.Range(0, 8).Select(_ => new Part())];
    private volatile TaskCompletionSource? _empty;

    public void Add(MethodCall call)
    {
        call.Due = silo.Now + 1 + silo.ToTicks(call.Method.Timeout ?? silo.Options.ResponseTimeout);
        call.Part = Environment.CurrentManagedThreadId % _parts.Length;
        _parts[call.Part].Add(call);
    }

    public void Remove(MethodCall call)
    {
        if (_parts[call.Part].Remove(call) && _empty is not null)
            SignalIfEmpty();
    }

    /// <summary>Fails the calls whose time is up.</summary>
    public void TimeOut(long now)
    {
        List<MethodCall> due = [];
        foreach (var part in _parts)
            part.AddDue(now, due);
        // The callers' code must not run on the clock's thread.
        foreach (var call in due)
            silo.Turns.Post(new ActionItem(call.TimeOut));
    }

    /// <summary>Completes when there are no calls.</summary>
    public Task WhenEmptyAsync()
    {
        var empty = _empty = new TaskCompletionSource();
        SignalIfEmpty();
        return empty.Task;
    }

    private void SignalIfEmpty()
    {
        if (Array.TrueForAll(_parts, part => part.IsEmpty))
            silo.Turns.Post(new ActionItem(() => _empty!.TrySetResult()));
    }

    /// <summary>A linked list whose links are in the calls: adding and removing allocates nothing.</summary>
    private sealed class Part
    {
        private readonly Lock _gate = new();
        private MethodCall? _first;
        private MethodCall? _last;

        public bool IsEmpty => Volatile.Read(ref _first) is null;

        public void Add(MethodCall call)
        {
            lock (_gate)
            {
                call.Previous = _last;
                if (_last is null)
                    _first = call;
                else
                    _last.Next = call;
                _last = call;
            }
        }

        /// <summary>Returns true if this empties the list.</summary>
        public bool Remove(MethodCall call)
        {
            lock (_gate)
            {
                if (call.Previous is not null)
                    call.Previous.Next = call.Next;
                else if (_first == call)
                    _first = call.Next;
                if (call.Next is not null)
                    call.Next.Previous = call.Previous;
                else if (_last == call)
                    _last = call.Previous;
                call.Previous = call.Next = null;
                return _first is null;
            }
        }

        public void AddDue(long now, List<MethodCall> due)
        {
            lock (_gate)
            {
                for (var call = _first; call is not null; call = call.Next)
                {
                    if (call.Due <= now)
                        due.Add(call);
                }
            }
        }
    }
}
