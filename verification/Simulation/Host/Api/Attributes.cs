using System.Globalization;

namespace Orleans
{
    /// <summary>A stable name of a type or method on the wire. Orleans needs it; this host has no wire and ignores it.</summary>
    /// <param name="alias">Unique among types, or among the methods of an interface.</param>
    [AttributeUsage(
        AttributeTargets.Class | AttributeTargets.Interface | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method,
        AllowMultiple = true)]
    public sealed class AliasAttribute(string alias) : Attribute
    {
        /// <summary>The stable name.</summary>
        public string Alias { get; } = alias;
    }

    /// <summary>A stable number of a member on the wire. Orleans needs it; this host has no wire and ignores it.</summary>
    /// <param name="id">Unique within the type.</param>
    [AttributeUsage(
        AttributeTargets.Field | AttributeTargets.Property | AttributeTargets.Parameter | AttributeTargets.Class
        | AttributeTargets.Struct | AttributeTargets.Enum | AttributeTargets.Method)]
    public sealed class IdAttribute(uint id) : Attribute
    {
        /// <summary>The stable number.</summary>
        public uint Id { get; } = id;
    }

    /// <summary>A stable name of a grain class among all silos. Orleans needs it; this host has one process and ignores it.</summary>
    /// <param name="grainType">Unique among grain classes.</param>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class GrainTypeAttribute(string grainType) : Attribute
    {
        /// <summary>The stable name.</summary>
        public string GrainType { get; } = grainType;
    }

    /// <summary>Asks Orleans to generate a serializer. Ignored here: calls hand their arguments over by reference.</summary>
    [AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Enum)]
    public sealed class GenerateSerializerAttribute : Attribute;

    /// <summary>
    /// Promises that a value does not change after it was sent. Orleans copies everything else; this host copies nothing, so anything that
    /// crosses a grain call must keep this promise.
    /// </summary>
    [AttributeUsage(
        AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Field | AttributeTargets.Property
        | AttributeTargets.Parameter | AttributeTargets.ReturnValue,
        Inherited = false)]
    public sealed class ImmutableAttribute : Attribute;

    /// <summary>The longest time that callers of an interface method wait for its answer, instead of the host's default.</summary>
    /// <param name="timeout">A time in the notation of <see cref="TimeSpan.Parse(string)"/>, such as <c>00:00:30</c>.</param>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class ResponseTimeoutAttribute(string timeout) : Attribute
    {
        /// <summary>The longest time that callers wait.</summary>
        public TimeSpan? Timeout { get; init; } = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
    }
}

namespace Orleans.Runtime
{
    /// <summary>A stable name of a grain interface among all silos. Orleans needs it; this host has one process and ignores it.</summary>
    /// <param name="grainInterfaceType">Unique among grain interfaces.</param>
    [AttributeUsage(AttributeTargets.Interface)]
    public sealed class GrainInterfaceTypeAttribute(string grainInterfaceType) : Attribute
    {
        /// <summary>The stable name.</summary>
        public string GrainInterfaceType { get; } = grainInterfaceType;
    }
}

namespace Orleans.Concurrency
{
    /// <summary>On an interface method: it may start while any other request of the grain is between its awaits.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class AlwaysInterleaveAttribute : Attribute;

    /// <summary>On an interface method: it changes nothing, and may interleave with other such requests.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    public sealed class ReadOnlyAttribute : Attribute;
}

namespace Orleans.Placement
{
    /// <summary>Asks Orleans to activate a grain on the silo where its first call arrives. Ignored here: there is one process.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    public sealed class PreferLocalPlacementAttribute : Attribute;
}
