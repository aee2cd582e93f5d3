namespace Orleans.Runtime
{
    /// <summary>The base of the exceptions that the host itself throws.</summary>
    public class OrleansException : Exception
    {
        /// <summary>Creates the exception.</summary>
        public OrleansException() : base("Unexpected error.") { }

        /// <summary>Creates the exception with a message.</summary>
        public OrleansException(string message) : base(message) { }

        /// <summary>Creates the exception with a message and its cause.</summary>
        public OrleansException(string message, Exception? innerException) : base(message, innerException) { }
    }

    /// <summary>A grain has more unfinished requests than the host allows; the call was not made.</summary>
    public sealed class LimitExceededException : OrleansException
    {
        /// <summary>Creates the exception.</summary>
        public LimitExceededException() : base("Limit exceeded.") { }

        /// <summary>Creates the exception with a message.</summary>
        public LimitExceededException(string message) : base(message) { }

        /// <summary>Creates the exception with a message and its cause.</summary>
        public LimitExceededException(string message, Exception? innerException) : base(message, innerException) { }
    }

    /// <summary>The host did not make the call.</summary>
    public class OrleansMessageRejectionException : OrleansException
    {
        /// <summary>Creates the exception.</summary>
        public OrleansMessageRejectionException() : base("The call was rejected.") { }

        /// <summary>Creates the exception with a message.</summary>
        public OrleansMessageRejectionException(string message) : base(message) { }

        /// <summary>Creates the exception with a message and its cause.</summary>
        public OrleansMessageRejectionException(string message, Exception? innerException) : base(message, innerException) { }
    }

    /// <summary>The silo is not running, or is stopping; the call was not made.</summary>
    public sealed class SiloUnavailableException : OrleansMessageRejectionException
    {
        /// <summary>Creates the exception.</summary>
        public SiloUnavailableException() : base("The silo is not running.") { }

        /// <summary>Creates the exception with a message.</summary>
        public SiloUnavailableException(string message) : base(message) { }

        /// <summary>Creates the exception with a message and its cause.</summary>
        public SiloUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
    }
}

namespace Orleans.Storage
{
    /// <summary>
    /// The stored state is not the one that was read: another activation has written first. Nothing was written.
    /// An activation is deactivated if its own request fails with this exception.
    /// </summary>
    public class InconsistentStateException : Runtime.OrleansException
    {
        /// <summary>Creates the exception.</summary>
        public InconsistentStateException() { }

        /// <summary>Creates the exception with a message.</summary>
        public InconsistentStateException(string message) : base(message) { }

        /// <summary>Creates the exception with a message and its cause.</summary>
        public InconsistentStateException(string message, Exception? innerException) : base(message, innerException) { }

        /// <summary>Creates the exception with the stored version, if it is known, and the expected one.</summary>
        public InconsistentStateException(string errorMsg, string? storedEtag, string? currentEtag) : base(errorMsg)
        {
            StoredEtag = storedEtag;
            CurrentEtag = currentEtag;
        }

        /// <summary>The stored version; null if it is unknown.</summary>
        public string? StoredEtag { get; }

        /// <summary>The version that the activation holds.</summary>
        public string? CurrentEtag { get; }

        /// <summary>Whether it has not yet left the activation that threw it: a caller that passes it on is not inconsistent.</summary>
        internal bool IsSourceActivation { get; set; } = true;
    }
}
